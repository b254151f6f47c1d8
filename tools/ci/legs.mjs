// The legs of the CI matrix. .github/workflows/ci.yml spells out the same lists; a test holds the two together.
export const flags = ['false', 'true', 'webhook-health-check,calendar-sync=50%'];
export const nodeMajors = [20, 22, 24];
