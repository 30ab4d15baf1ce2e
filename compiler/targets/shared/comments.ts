// Text of people and of files inside comments: it may hold anything, and must not end the comment.

/** For a block comment: lines as they are, with its end made harmless. */
export const commentText = (text: string): string =>
  text.replaceAll('*/', '*\\/').replace(/\r\n?|[\u2028\u2029]/g, '\n');

/** For one line. */
export const commentLine = (text: string): string => commentText(text).replace(/\s*\n\s*/g, ' ');
