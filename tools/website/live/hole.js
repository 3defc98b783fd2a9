// @ts-check
/** Fill the hole: what does the network expect where nothing is seen? */

import {find, inTurn, Network, say} from "./network.js";
import {ARROWS} from "./paper.js";
import {choose, put, used} from "./pictures.js";

const SIDE = 32;

const network = new Network("filler");
const ink = find("picture").getContext("2d", {willReadFrequently: true});
/** @type {ImageData | undefined} */
let picture;
let left = 10, top_ = 10, size = 12;

const fill = inTurn(async () => {
    if (!picture) return;
    const hole = new Uint8Array(SIDE * SIDE);
    for (let y = top_; y < top_ + size; y++) hole.fill(1, y * SIDE + left, y * SIDE + left + size);
    ink.putImageData(picture, 0, 0);
    ink.fillStyle = "#808080";
    ink.fillRect(left, top_, size, size);
    if (!used) return;
    const answer = await network.run({
        pixels: ["uint8", new Uint8Array(picture.data), [SIDE, SIDE, 4]],
        hole: ["bool", hole, [SIDE, SIDE]]});
    put(find("filled"), answer);
    const {data} = picture;
    const error = answer.reduce((sum, value, i) => sum + ((value - data[i]) / 255) ** 2, 0);
    find("energy").textContent = `E = ${(error / (3 * size * size)).toFixed(4)}`;
    say("Filled.");
});

/**
 * Move the hole so that its middle is here, as far as the picture reaches.
 * @param {number} x
 * @param {number} y
 */
function moveTo(x, y) {
    const most = SIDE - size;
    left = Math.min(Math.max(Math.round(x - size / 2), 0), most);
    top_ = Math.min(Math.max(Math.round(y - size / 2), 0), most);
    fill();
}

const showOurs = choose("drawn", SIDE, (canvas) => {
    picture = canvas.getContext("2d")?.getImageData(0, 0, SIDE, SIDE);
    fill();
});

const canvas = find("picture");
/** @param {PointerEvent} event */
function drag(event) {
    const box = canvas.getBoundingClientRect();
    moveTo((event.clientX - box.left) / box.width * SIDE,
           (event.clientY - box.top) / box.height * SIDE);
}
canvas.onpointerdown = (/** @type {PointerEvent} */ event) => {
    canvas.setPointerCapture(event.pointerId);
    drag(event);
};
canvas.onpointermove = (/** @type {PointerEvent} */ event) => {
    if (canvas.hasPointerCapture(event.pointerId)) drag(event);
};
canvas.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    moveTo(left + size / 2 + arrow[0], top_ + size / 2 + arrow[1]);
};
find("size").oninput = () => {
    const middle = [left + size / 2, top_ + size / 2];
    size = Number(find("size").value);
    find("pixels").textContent = `${size} × ${size} pixels`;
    moveTo(middle[0], middle[1]);
};
showOurs(0);
say("Drag the grey square, and the network fills it.");
