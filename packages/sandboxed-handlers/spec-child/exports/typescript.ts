const answer: string = 'typed';
export default (): string => answer;
