// @ts-check
/** A sheet of paper, drawn on with a mouse, a finger, a pen or keys. */

/** @typedef {{colour: string, width: number}} Tool  a width of 0 fills an area */

export const SIDE = 320;
const SEEN = 32;
const PAPER = 245; // a pixel that is as light as this in all three channels holds no ink
const AROUND = 1.06; // how much wider than the drawing the square is that is cut out
const ALIKE = 90; // as far apart in all three channels together are colours of one area
/** @type {Record<string, [number, number]>} */
export const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

export class Paper {
    /** @type {ImageData[]} */
    before = [];
    down = false;
    x = SIDE / 2;
    y = SIDE / 2;

    /**
     * @param {HTMLCanvasElement} canvas
     * @param {HTMLElement} cursor  shows where the keys are
     * @param {() => Tool} tool
     * @param {() => void} changed
     */
    constructor(canvas, cursor, tool, changed) {
        this.tool = tool;
        this.changed = changed;
        this.cursor = cursor;
        this.ink = /** @type {CanvasRenderingContext2D} */ (
            canvas.getContext("2d", {willReadFrequently: true}));
        this.ink.lineCap = this.ink.lineJoin = "round";
        this.empty();
        canvas.addEventListener("pointerdown", (event) => {
            if (event.button) return;
            canvas.setPointerCapture(event.pointerId);
            this.move(event);
            this.press();
        });
        canvas.addEventListener("pointermove", (event) => {
            if (this.down && canvas.hasPointerCapture(event.pointerId)) this.move(event);
        });
        for (const end of ["pointerup", "pointercancel"])
            canvas.addEventListener(end, () => this.down = false);
        canvas.addEventListener("blur", () => this.down = false);
        canvas.addEventListener("keydown", (event) => this.key(event));
    }

    /** @param {PointerEvent} event */
    move(event) {
        const box = /** @type {HTMLElement} */ (event.target).getBoundingClientRect();
        this.go((event.clientX - box.left) / box.width * SIDE,
                (event.clientY - box.top) / box.height * SIDE);
    }

    /** @param {KeyboardEvent} event */
    key(event) {
        const arrow = ARROWS[event.key], step = event.shiftKey ? 32 : 8;
        if (arrow) this.go(this.x + step * arrow[0], this.y + step * arrow[1]);
        else if (event.key !== " ") return;
        else if (this.down) this.down = false;
        else this.press();
        event.preventDefault();
    }

    /** Put the pen down, or fill the area around it. */
    press() {
        const {colour, width} = this.tool();
        this.keep();
        if (width) {
            this.down = true;
            this.go(this.x, this.y);
        } else this.fill(colour);
    }

    /**
     * Move the pen; where it is down, it leaves a line.
     * @param {number} x
     * @param {number} y
     */
    go(x, y) {
        const from = [this.x, this.y];
        this.x = Math.min(Math.max(x, 0), SIDE - 1);
        this.y = Math.min(Math.max(y, 0), SIDE - 1);
        this.cursor.style.left = `${100 * this.x / SIDE}%`;
        this.cursor.style.top = `${100 * this.y / SIDE}%`;
        if (!this.down) return;
        const {colour, width} = this.tool();
        this.ink.strokeStyle = colour;
        this.ink.lineWidth = width;
        this.ink.beginPath();
        this.ink.moveTo(from[0], from[1]);
        this.ink.lineTo(this.x + 0.01, this.y); // a line without length would leave no dot
        this.ink.stroke();
        this.changed();
    }

    /** @param {string} colour  such as "#ff0000" */
    fill(colour) {
        const image = this.pixels(), {data} = image;
        const from = Math.floor(this.y) * SIDE + Math.floor(this.x);
        const old = data.slice(4 * from, 4 * from + 3);
        const ink = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
        const seen = new Uint8Array(SIDE * SIDE), left = [from];
        for (let at = left.pop(); at !== undefined; at = left.pop()) {
            const away = old.reduce((sum, part, i) => sum + Math.abs(part - data[4 * at + i]), 0);
            if (seen[at]) continue;
            seen[at] = 1;
            data.set(ink, 4 * at); // the soft edge of a line as well
            if (away > ALIKE) continue;
            if (at % SIDE) left.push(at - 1);
            if ((at + 1) % SIDE) left.push(at + 1);
            if (at >= SIDE) left.push(at - SIDE);
            if (at < SIDE * (SIDE - 1)) left.push(at + SIDE);
        }
        this.ink.putImageData(image, 0, 0);
        this.changed();
    }

    pixels() {
        return this.ink.getImageData(0, 0, SIDE, SIDE);
    }

    /** Remember the paper as it is, for `undo`. */
    keep() {
        this.before = [...this.before.slice(-19), this.pixels()];
    }

    undo() {
        const before = this.before.pop();
        if (before) this.ink.putImageData(before, 0, 0);
        this.changed();
    }

    empty() {
        this.ink.fillStyle = "#ffffff";
        this.ink.fillRect(0, 0, SIDE, SIDE);
    }

    /**
     * Lay a picture on the paper, as large as it fits.
     * @param {ImageBitmap | HTMLCanvasElement} picture
     */
    lay(picture) {
        const scale = SIDE / Math.max(picture.width, picture.height);
        const [width, height] = [scale * picture.width, scale * picture.height];
        this.keep();
        this.empty();
        this.ink.imageSmoothingEnabled = scale < 2;
        this.ink.drawImage(picture, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
        this.changed();
    }

    /**
     * What the network sees: the square around the drawing, each pixel the mean of what it covers.
     * @returns {ImageData | undefined}  nothing for empty paper
     */
    seen() {
        const {data} = this.pixels();
        let [left, top, right, bottom] = [SIDE, SIDE, -1, -1];
        for (let at = 0; at < SIDE * SIDE; at++) {
            if (Math.min(data[4 * at], data[4 * at + 1], data[4 * at + 2]) >= PAPER) continue;
            const x = at % SIDE, y = (at - x) / SIDE;
            left = Math.min(left, x);
            right = Math.max(right, x);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y);
        }
        if (right < 0) return undefined;
        const side = AROUND * (Math.max(right - left, bottom - top) + 1);
        return shrink(data, (left + right + 1 - side) / 2, (top + bottom + 1 - side) / 2, side);
    }
}

/**
 * A square of the paper, SEEN × SEEN pixels of 10 × 10 samples each; beyond the edge it is white.
 * @param {Uint8ClampedArray} data
 * @param {number} left
 * @param {number} top
 * @param {number} side
 */
function shrink(data, left, top, side) {
    const small = new ImageData(SEEN, SEEN), samples = 10, step = side / SEEN / samples;
    const sums = new Float64Array(4 * SEEN * SEEN);
    for (let i = 0; i < SEEN * samples; i++) {
        const y = Math.floor(top + (i + 0.5) * step);
        for (let j = 0; j < SEEN * samples; j++) {
            const x = Math.floor(left + (j + 0.5) * step);
            const to = 4 * (Math.floor(i / samples) * SEEN + Math.floor(j / samples));
            const inside = x >= 0 && x < SIDE && y >= 0 && y < SIDE;
            for (let c = 0; c < 4; c++)
                sums[to + c] += inside ? data[4 * (y * SIDE + x) + c] : 255;
        }
    }
    small.data.set(sums.map((sum) => Math.round(sum / samples ** 2)));
    return small;
}
