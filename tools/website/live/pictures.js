// @ts-check
/** A picture of the course's, or one that the reader brings along. */

import {find, inTurn, make, say, unpack, unpackWords} from "./network.js";

/** Whether the reader has touched anything: until then no network is loaded. */
export let used = false;
for (const kind of ["pointerdown", "keydown", "input", "change"])
    addEventListener(kind, () => used = true, {capture: true});

/**
 * Let the reader choose; `show` gets a square canvas with the picture on white paper.
 * @param {string} name  the scripts that hold our pictures begin with it
 * @param {number} side  height and width of all pictures, in pixels
 * @param {(picture: HTMLCanvasElement) => void} show
 * @returns {(number: number) => Promise<void>}  shows one of ours
 */
export function choose(name, side, show) {
    const showOurs = inTurn(async (/** @type {number} */ number) => {
        if (find("ours").length === 1) {
            const all = /** @type {string[]} */ (await unpackWords(`${name}-names`));
            find("ours").append(...all.map((one, i) => Object.assign(make("option", one), {value: i})));
        }
        if (Number.isNaN(number)) return;
        const picture = new Blob([/** @type {BlobPart} */ (await unpack(`${name}-${number}`))]);
        const canvas = paper(side);
        canvas.getContext("2d")?.drawImage(await createImageBitmap(picture), 0, 0);
        find("ours").value = number;
        show(canvas);
    });
    find("ours").onfocus = () => showOurs(NaN);
    find("ours").onchange = () => showOurs(parseInt(find("ours").value));
    bring("yours", side, show);
    return showOurs;
}

/**
 * Let the reader bring a picture along; it is cut to a square.
 * @param {string} id  of the input that takes the file
 * @param {number} side
 * @param {(picture: HTMLCanvasElement) => void} show
 */
export function bring(id, side, show) {
    read(id, (picture) => {
        const scale = side / Math.min(picture.width, picture.height), canvas = paper(side);
        const [width, height] = [scale * picture.width, scale * picture.height];
        const ink = canvas.getContext("2d");
        if (ink) ink.imageSmoothingQuality = "high";
        ink?.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height);
        show(canvas);
    });
}

/**
 * Read the pictures that the reader brings along.
 * @param {string} id  of the input that takes the file
 * @param {(picture: ImageBitmap) => void} use
 */
export function read(id, use) {
    find(id).onchange = async () => {
        try {
            const [file] = find(id).files;
            if (file) use(await createImageBitmap(file));
        } catch {
            say("This file is not a picture that can be read here. Try a PNG or a JPEG.");
        }
    };
}

/**
 * Put pixels, four numbers each from 0 to 255, into a canvas of their size.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} numbers
 */
export function put(canvas, numbers) {
    const image = new ImageData(canvas.width, canvas.height);
    image.data.set(numbers.map(Math.round));
    canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** @param {number} side */
function paper(side) {
    const canvas = /** @type {HTMLCanvasElement} */ (make("canvas"));
    canvas.width = canvas.height = side;
    const ink = canvas.getContext("2d");
    if (ink) ink.fillStyle = "#ffffff";
    ink?.fillRect(0, 0, side, side);
    return canvas;
}
