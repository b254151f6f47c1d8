export default async ({ name }) => name;
