module.exports = ({ name }) => name;
