// @ts-check
/** The 420 things that no network has met: a name, a drawing and a direction of each. */

import {find, make, unpack, unpackWords} from "./network.js";

/** @typedef {{name: string, direction: Float32Array, pixels: Uint8ClampedArray}} Thing */

const PIXELS = 32 * 32 * 4;

/**
 * The things, and drawings by other artists, which have no direction.
 * @param {string} script  that holds the directions
 * @returns {Promise<{shown: Thing[], asked: Thing[], energies: {same: number, other: number}}>}
 */
export async function loadThings(script) {
    const [names, numbers, drawings] = await Promise.all(
        [unpackWords("names"), unpack(script), unpack("drawings")]);
    const directions = new Float32Array(numbers.buffer), size = directions.length / names.shown.length;
    const things = [...names.shown, ...names.asked].map((name, i) => ({
        name, direction: directions.subarray(i * size, (i + 1) * size),
        pixels: new Uint8ClampedArray(drawings.buffer, i * PIXELS, PIXELS)}));
    return {shown: things.slice(0, names.shown.length), asked: things.slice(names.shown.length),
            energies: names.energies};
}

/**
 * The distance of two directions, 0 to 2.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function energy(a, b) {
    return Math.sqrt(a.reduce((sum, part, i) => sum + (part - b[i]) ** 2, 0));
}

/**
 * Put 32 × 32 pixels into a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8ClampedArray} [pixels]  none clears it
 */
export function show(canvas, pixels) {
    const image = pixels ? new ImageData(Uint8ClampedArray.from(pixels), 32) : new ImageData(32, 32);
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    return canvas;
}

/** @param {Thing} thing */
export function picture(thing) {
    const canvas = /** @type {HTMLCanvasElement} */ (make("canvas", "", "pixels"));
    canvas.width = canvas.height = 32;
    return show(canvas, thing.pixels);
}

/**
 * List the things that are nearest to a direction, each with its energy; returns the first.
 * @param {Thing[]} among
 * @param {Float32Array} direction
 * @param {number} count
 */
export function showNearest(among, direction, count) {
    const nearest = among.map((thing) => ({thing, far: energy(direction, thing.direction)}))
        .sort((a, b) => a.far - b.far).slice(0, count);
    find("answers").replaceChildren(...nearest.map(({thing, far}) => {
        const row = make("li"), bar = make("div", "", "bar");
        bar.style.width = `${50 * far}%`;
        row.append(picture(thing), make("span", thing.name), make("span", far.toFixed(3)), bar);
        return row;
    }));
    return nearest[0].thing;
}
