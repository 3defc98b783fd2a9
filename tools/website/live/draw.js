// @ts-check
/** Draw a thing: which of those that were shown once does the network take it for? */

import {find, inTurn, make, Network, say} from "./network.js";
import {Paper} from "./paper.js";
import {read} from "./pictures.js";
import {loadThings, picture, show, showNearest} from "./nearest.js";

/** @typedef {import("./nearest.js").Thing} Thing */

const INKS = {
    black: "#000000", brown: "#8a5a2b", red: "#e02020", orange: "#ff8c1a", yellow: "#ffd42a",
    green: "#2f9e44", blue: "#3b82d0", purple: "#8e44ad", pink: "#ffb3c7", grey: "#9aa0a6",
    white: "#ffffff"};

const network = new Network("twins");
/** @type {Thing[]} */
const taught = [];
/** @type {ReturnType<typeof loadGallery> | undefined} */
let gallery;
/** @type {Thing | undefined} */
let last;

/** The things that were shown once, and some to ask with. */
async function loadGallery() {
    const found = await loadThings("gallery"), {same, other} = found.energies;
    find("usual").textContent = `For two artists' drawings of one thing it is ${same.toFixed(2)} on `
        + `average, of two things ${other.toFixed(2)}.`;
    return found;
}

/** Which things are nearest to the drawing on the paper? */
const answer = inTurn(async () => {
    const pixels = paper.seen()?.data;
    show(find("seen"), pixels);
    last = undefined;
    if (!pixels) {
        find("answers").replaceChildren();
        return;
    }
    const {shown} = await (gallery ??= loadGallery());
    const direction = await network.run({pixels: ["uint8", new Uint8Array(pixels), [32, 32, 4]]});
    last = {name: "", direction, pixels};
    const nearest = showNearest(chosen("among") === "taught" ? taught : shown, direction, 5);
    say(`Nearest: ${nearest.name}.`);
});

/** @param {string} name  of a group of radio buttons */
function chosen(name) {
    return /** @type {HTMLInputElement} */ (
        document.querySelector(`[name=${name}]:checked`)).value;
}

for (const [name, value] of Object.entries(INKS)) {
    const ink = Object.assign(document.createElement("input"), {
        type: "radio", name: "ink", className: "ink", value, ariaLabel: name, title: name,
        checked: name === "black"});
    ink.style.background = value;
    find("inks").append(ink);
}
const paper = new Paper(find("paper"), find("cursor"),
                        () => ({colour: chosen("ink"), width: Number(chosen("tool"))}), answer);
find("undo").onclick = () => paper.undo();
find("empty").onclick = () => {
    paper.keep();
    paper.empty();
    answer();
};
find("among").onchange = () => answer();

find("ours").onfocus = inTurn(async () => {
    if (find("ours").length > 1) return;
    const {asked} = await (gallery ??= loadGallery());
    find("ours").append(...asked.map(
        (thing, i) => Object.assign(make("option", thing.name), {value: i})));
});
find("ours").onchange = inTurn(async () => {
    const {asked} = await (gallery ??= loadGallery());
    const thing = asked[find("ours").value];
    if (thing) paper.lay(picture(thing));
});
read("yours", (picture) => paper.lay(picture));

find("teach").onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!last) {
        say("Draw it first.");
        return;
    }
    const thing = {...last, name: find("name").value.trim() || "?"};
    taught.push(thing);
    const row = make("li");
    row.append(picture(thing), make("span", thing.name));
    find("taught").append(row);
    const own = /** @type {HTMLInputElement} */ (
        document.querySelector("[name=among][value=taught]"));
    own.disabled = taught.length < 2;
    own.checked = !own.disabled;
    find("name").value = "";
    find("empty").click();
    say(`${thing.name} was shown once.` + (own.disabled ? " Now another thing." : " Now draw one again."));
};
say("Draw something: it answers from the first line on.");
