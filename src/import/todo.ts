// What only people know stands in a draft as a question, and `resus validate` names it until it is answered.

export const todo = (question: string): string => `TODO ${question}`;
