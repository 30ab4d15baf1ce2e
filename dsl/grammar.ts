// The grammar of the language, in ohm's notation (https://ohmjs.org/docs/syntax-reference).
//
// It reads text that `clean.ts` prepared: comments are spaces, so are newlines inside ( ) and [ ] and before `|>`;
// brackets are balanced, and the character CUT stands where closing braces are missing.
// `broken…` alternatives accept what is no statement, so that one slip hides no other. It reads piece by piece
// (`pieces.ts`): every body is an empty one here, and its statements are read later.

/** Ends every open body: stands for the closing braces that the writer forgot. */
export const CUT = '\u0001';
/** Stands where something was already reported, and matches nothing. */
export const POISON = '\u0002';

export const GRAMMAR = String.raw`
Convnet {
  Items = fileSeparator* (FileItem fileSeparator*)* end

  FileItem
    = Item &(fileSeparator | end)     -- good
    | brokenImport                    -- import
    | brokenText Body?                -- broken
    | Body                            -- stray
    | "}"                             -- closing
  Item = Import | Param | Block | Model
  OnlyItem = Item end

  Import = importWord "{" ListOf<ImportedName, ","> ","? newline* "}" fromWord string
  ImportedName = newline* identifier newline*
  Param = paramWord identifier "=" Expression
  Block = blockWord identifier Parameters? Body
  Parameters = "(" ListOf<Parameter, ","> ","? ")"
  Parameter = identifier Default?
  Default = "=" Expression
  Model = modelWord identifier "(" ListOf<NamedShape, ","> ","? ")" Results? Body
  Results = newline* "->" newline* Outputs
  Outputs
    = Shape                                   -- unnamed
    | "(" ListOf<NamedShape, ","> ","? ")"    -- named
  NamedShape = identifier ":" Shape
  Shape = "[" ListOf<Dimension, ","> ","? "]"
  Dimension
    = wildcard                        -- any
    | identifier "=" Expression       -- named
    | Expression                      -- size

  Body = newline* "{" bodyEnd
  Statements = separator* (BodyStatement separator*)* end
  BodyStatement
    = Statement &(separator | end)    -- good
    | brokenText Body? BrokenElse*    -- broken
    | Body                            -- stray
  BrokenElse = newline* elseWord brokenText? Body
  Statement = Repeat | If | Return | Weights | ChainStatement
  OnlyStatement = Statement end

  Repeat = repeatWord Expression As? Body
  If = Branch ElseBranch* Else?
  Branch = ifWord Expression Body
  ElseBranch = newline* elseWord Branch
  Else = newline* elseWord Body
  Return = returnWord NonemptyListOf<ReturnedValue, ",">
  ReturnedValue = Label? Expression
  Label = identifier ":"
  Weights = weightsWord string
  ChainStatement = Chain Assertion? As?
  Assertion = ":" Shape
  As = asWord identifier

  Chain = Link PipedLink*
  PipedLink = "|>" Link
  Link
    = Applied "." identifier          -- result
    | Applied
  Applied = identifier Arguments?
  Arguments = "(" ListOf<Argument, ","> ","? ")"
  Argument = Label? Expression

  // Which operator binds tighter stands in precedence.ts, not here.
  Expression
    = number &("," | ")")     -- number
    | Link PipedLink+         -- chain
    | Operand OperatorTail*   -- operation
  OperatorTail = operator Operand
  Operand = prefix* Primary
  Primary = number | Link | string | boolean | List | Parentheses
  List
    = "[" numbers ","? "]"                     -- numbers
    | "[" ListOf<Expression, ","> ","? "]"     -- any
  Parentheses = "(" Expression ")"

  // Words and marks; what stands in parentheses is how a message calls them.
  space := " "+
  newline (the end of the line) = ("\n" | " ")+
  separator (the end of the line) = ("\n" | ";" | " ")+
  fileSeparator (the end of the line) = ("\n" | ";" | " " | "\u0001")+
  cut = "\u0001"
  bodyEnd = "}" | &cut | end
  brokenImport = importWord (string | braces | ~("{" | "}" | ";" | "\n" | cut) any)*
  braces = "{" (string | braces | ~("{" | "}" | cut) any)* ("}" | &cut | end)
  brokenText = (string | ~("{" | "}" | ";" | "\n" | cut) any)+

  identifier (a name) = ~reserved nameStart ("a".."z" | "A".."Z" | "0".."9" | "_" | letter)*
  nameStart = "a".."z" | "A".."Z" | letter | underscore
  underscore = "_" &namePart
  nameAscii = "a".."z" | "A".."Z" | "0".."9" | "_"
  namePart = nameAscii | letter
  wildcard (a size) = "_" ~namePart
  // What a rule matches is remembered for every place where it was tried, so rules for single characters would cost most.
  number (a number) = (infinity | finite) ~namePart
  // The way of long lists: what is remembered is one match for each number.
  numbers (a number) = listed (" "* "," " "* listed)*
  listed = "-"? finite &(" " | "," | "]")
  infinity = "inf"
  finite = (fraction | whole) exponent?
  whole = "0".."9"+ fraction?
  fraction = "." "0".."9"+
  exponent = ("e" | "E") ("+" | "-")? "0".."9"+
  string (a string in double quotes) = "\"" (escape | ~("\"" | "\\" | "\n") any)* "\""
  escape = "\\" ~"\n" any
  boolean (a value) = ("true" | "false") ~namePart
  operator (an operator) = "==" | "!=" | "<=" | ">=" | "<" | ">" | "+" | minus | "*" | "/" | "%" | "^" | andWord | orWord
  prefix (a value) = minus | "+" | notWord
  minus = "-" ~">"

  reserved = ("repeat" | "if" | "else" | "return" | "as" | "and" | "or" | "not" | "true" | "false" | "inf") ~namePart
  importWord = "import" ~namePart
  fromWord = "from" ~namePart
  paramWord = "param" ~namePart
  blockWord = "block" ~namePart
  modelWord = "model" ~namePart
  repeatWord = "repeat" ~namePart
  ifWord = "if" ~namePart
  elseWord = "else" ~namePart
  returnWord = "return" ~namePart
  weightsWord = "weights" ~namePart
  asWord = "as" ~namePart
  orWord = "or" ~namePart
  andWord = "and" ~namePart
  notWord = "not" ~namePart
}
`;
