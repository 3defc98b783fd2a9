// @ts-check
/** Collapse: two small networks are trained in the page, by a loss that the reader chooses. */

import {circle, energy, Net, spread, step} from "./circle.js";
import {find, say} from "./network.js";

const SIDE = 320, CELLS = 80, REACH = 1.5, TOP = 4, BATCH = 128;
const MILLISECONDS = 14; // of training between two pictures
/** @type {Record<string, [number, number]>} */
const ARROWS = {ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05]};
// From low to high: the colours of cividis, which colour-blind readers tell apart as well.
const COLOURS = [[0, 34, 78], [31, 59, 108], [77, 84, 109], [113, 111, 116], [146, 139, 119],
                 [184, 169, 107], [222, 201, 86], [254, 232, 56]];

const ink = find("map").getContext("2d");
const line = Float64Array.from({length: CELLS}, (_, i) => REACH * (2 * (i + 0.5) / CELLS - 1));
let f = new Net(), g = new Net(), training = false, loss = NaN;
let [x, y] = [0.6, 0.8];

/** @returns {import("./circle.js").Loss} */
function chosen() {
    return /** @type {any} */ (document.querySelector("[name=loss]:checked")).value;
}

function draw() {
    const a = f.codes(line), b = g.codes(line), cell = SIDE / CELLS;
    for (let row = 0; row < CELLS; row++)
        for (let column = 0; column < CELLS; column++) {
            const height = energy(a, b, column, CELLS - 1 - row) / TOP * COLOURS.length;
            const colour = COLOURS[Math.min(Math.floor(height), COLOURS.length - 1)];
            ink.fillStyle = `rgb(${colour.join(" ")})`;
            ink.fillRect(column * cell, row * cell, cell, cell);
        }
    ink.strokeStyle = "#fff";
    ink.lineWidth = 2;
    ink.setLineDash([6, 5]);
    ink.beginPath();
    ink.arc(SIDE / 2, SIDE / 2, SIDE / 2 / REACH, 0, 2 * Math.PI);
    ink.stroke();
    ink.setLineDash([]);
    ink.beginPath();
    ink.arc(SIDE / 2 * (1 + x / REACH), SIDE / 2 * (1 - y / REACH), 6, 0, 2 * Math.PI);
    ink.fillStyle = "#fff";
    ink.fill();
    ink.strokeStyle = "#000";
    ink.stroke();
    report();
}

/** Say in numbers what the map shows. */
function report() {
    const here = energy(f.codes(Float64Array.of(x)), g.codes(Float64Array.of(y)), 0, 0);
    find("pair").textContent = `The pair x = ${x.toFixed(2)}, y = ${y.toFixed(2)}: E = ${here.toFixed(3)}`;
    const [xs, ys] = circle(400), elsewhere = Float64Array.from(
        {length: 800}, () => REACH * (2 * Math.random() - 1));
    /** @param {Float64Array} one @param {Float64Array} other */
    const mean = (one, other) => {
        const a = f.codes(one), b = g.codes(other);
        return one.reduce((sum, _, i) => sum + energy(a, b, i, i), 0) / one.length;
    };
    const depth = mean(elsewhere.subarray(0, 400), elsewhere.subarray(400)) - mean(xs, ys);
    const codes = f.codes(xs);
    find("depth").textContent = depth.toFixed(3);
    find("spread").textContent = ((spread(codes, 0).deviation + spread(codes, 1).deviation) / 2).toFixed(3);
    find("steps").textContent = String(f.steps);
    find("value").textContent = Number.isNaN(loss) ? "" : loss.toFixed(3);
}

function train() {
    if (!training) return;
    const end = performance.now() + MILLISECONDS;
    do {
        const [xs, ys] = circle(BATCH);
        loss = step(f, g, xs, ys, chosen());
    } while (performance.now() < end);
    draw();
    requestAnimationFrame(train);
}

/** @param {boolean} on */
function turn(on) {
    training = on;
    find("train").ariaPressed = String(on);
    find("train").textContent = on ? "Pause" : "Train";
    say(on ? "Training …" : `Paused after ${f.steps} steps.`);
    if (on) requestAnimationFrame(train);
}

/**
 * Ask about a pair, as far as the map reaches.
 * @param {number} newX
 * @param {number} newY
 */
function ask(newX, newY) {
    [x, y] = [newX, newY].map((value) => Math.min(Math.max(value, -REACH), REACH));
    draw();
}

find("train").onclick = () => turn(!training);
find("again").onclick = () => {
    [f, g, loss] = [new Net(), new Net(), NaN];
    draw();
};
find("map").onpointerdown = find("map").onpointermove = (/** @type {PointerEvent} */ event) => {
    if (!event.buttons) return;
    const box = find("map").getBoundingClientRect();
    ask(REACH * (2 * (event.clientX - box.left) / box.width - 1),
        REACH * (1 - 2 * (event.clientY - box.top) / box.height));
};
find("map").onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    ask(x + arrow[0], y + arrow[1]);
};
addEventListener("pagehide", () => turn(false));
draw();
say("Press Train.");
