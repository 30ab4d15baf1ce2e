/** What `info.compiler` says; a test holds it to package.json. */
export const compilerVersion = '0.1.0';
