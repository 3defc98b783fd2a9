// @ts-check
/** Text to pieces as lesson 05 cuts it: BERT's normaliser and its words, then WordPiece. */

export const UNK = 1, CLS = 2, SEP = 3, MASK = 4;
const LONGEST = 100; // letters of a word that is looked up
const HIDDEN = /[\0\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
const IDEOGRAPH = new RegExp("[\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{2A6DF}"
    + "\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]", "gu");
const WORD = /[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+/gu;

export class Tokenizer {
    /** @param {string[]} pieces */
    constructor(pieces) {
        this.pieces = pieces;
        this.numbers = new Map(pieces.map((piece, number) => [piece, number]));
    }

    /**
     * The numbers of a text's pieces, without those that stand around it.
     * @param {string} text
     */
    encode(text) {
        return text.split("[MASK]").flatMap((part, i) => [
            ...(i ? [MASK] : []), ...words(part).flatMap((word) => this.spell(word))]);
    }

    /**
     * The longest piece that a word begins with, then of what is left of it, and so on.
     * @param {string} word
     */
    spell(word) {
        const letters = [...word], found = [];
        if (letters.length > LONGEST) return [UNK];
        for (let start = 0; start < letters.length;) {
            let end = letters.length, number;
            for (; end > start && number === undefined; end--)
                number = this.numbers.get((start ? "##" : "") + letters.slice(start, end).join(""));
            if (number === undefined) return [UNK];
            found.push(number);
            start = end + 1;
        }
        return found;
    }
}

/**
 * The words and marks of a text, in small letters without accents.
 * @param {string} text
 */
export function words(text) {
    const plain = text.replace(HIDDEN, "").replace(IDEOGRAPH, " $& ")
        .normalize("NFD").replace(/\p{Mn}/gu, "");
    return [...plain].map((letter) => letter.toLowerCase()).join("").match(WORD) ?? [];
}
