// @ts-check
/** The energy of lesson 03 on a circle: two small networks, their gradients, and AdamW. */

export const SIZES = [1, 64, 64, 2];
const RATE = 5e-3, DECAY = 0.01, BETAS = [0.9, 0.999];

/** @typedef {"down" | "contrastive" | "regularised"} Loss */
/** @typedef {{numbers: Float64Array, slope: Float64Array, mean: Float64Array, square: Float64Array}} Part */

/** @param {Float64Array} numbers */
function part(numbers) {
    const zeros = () => new Float64Array(numbers.length);
    return {numbers, slope: zeros(), mean: zeros(), square: zeros()};
}

/** One number to a code of two, by layers with ReLU between them. */
export class Net {
    steps = 0;
    /** @type {Float64Array[]} */
    values = [];

    /** @param {number[][]} [numbers]  weights and biases of the layers in turn; random ones if none */
    constructor(numbers) {
        /** @type {Part[]} */
        this.parts = SIZES.slice(1).flatMap((outputs, layer) => {
            const inputs = SIZES[layer], bound = 1 / Math.sqrt(inputs);
            return [outputs * inputs, outputs].map((size, i) => part(Float64Array.from(
                numbers?.[2 * layer + i] ?? Array.from({length: size},
                                                       () => bound * (2 * Math.random() - 1)))));
        });
    }

    /**
     * Codes of inputs: (N,) -> (N × 2,).
     * @param {Float64Array} inputs
     */
    codes(inputs) {
        this.values = [inputs];
        SIZES.slice(1).forEach((outputs, layer) => {
            const width = SIZES[layer], from = this.values[layer];
            const {numbers: weights} = this.parts[2 * layer], {numbers: biases} = this.parts[2 * layer + 1];
            const to = new Float64Array(inputs.length * outputs);
            for (let n = 0; n < inputs.length; n++)
                for (let o = 0; o < outputs; o++) {
                    let sum = biases[o];
                    for (let i = 0; i < width; i++) sum += weights[o * width + i] * from[n * width + i];
                    to[n * outputs + o] = layer < SIZES.length - 2 && sum < 0 ? 0 : sum;
                }
            this.values.push(to);
        });
        return this.values[SIZES.length - 1];
    }

    /**
     * One step of AdamW, given the slope of the loss by the codes that were computed last.
     * @param {Float64Array} slope
     */
    learn(slope) {
        for (let layer = SIZES.length - 2; layer >= 0; layer--) {
            const [width, outputs] = [SIZES[layer], SIZES[layer + 1]], from = this.values[layer];
            const [weights, biases] = [this.parts[2 * layer], this.parts[2 * layer + 1]];
            const below = new Float64Array(from.length);
            weights.slope.fill(0);
            biases.slope.fill(0);
            for (let at = 0; at < slope.length; at++) {
                if (!slope[at]) continue;
                const o = at % outputs, n = (at - o) / outputs;
                biases.slope[o] += slope[at];
                for (let i = 0; i < width; i++) {
                    weights.slope[o * width + i] += slope[at] * from[n * width + i];
                    below[n * width + i] += slope[at] * weights.numbers[o * width + i];
                }
            }
            slope = below.map((value, i) => from[i] > 0 ? value : 0);
        }
        this.steps++;
        const [first, second] = BETAS.map((beta) => 1 - beta ** this.steps);
        for (const {numbers, slope, mean, square} of this.parts)
            for (let i = 0; i < numbers.length; i++) {
                mean[i] += (1 - BETAS[0]) * (slope[i] - mean[i]);
                square[i] += (1 - BETAS[1]) * (slope[i] ** 2 - square[i]);
                numbers[i] -= RATE * (DECAY * numbers[i]
                    + mean[i] / first / (Math.sqrt(square[i] / second) + 1e-8));
            }
    }
}

/**
 * One step of training; returns the loss before it.
 * @param {Net} f  for x
 * @param {Net} g  for y
 * @param {Float64Array} x  (N,)
 * @param {Float64Array} y  (N,)
 * @param {Loss} kind
 */
export function step(f, g, x, y, kind) {
    const a = f.codes(x), b = g.codes(y), count = x.length;
    const slopes = [new Float64Array(a.length), new Float64Array(b.length)];
    let loss = 0;
    /** @param {number} i @param {number} j @param {number} sign */
    const pull = (i, j, sign) => {
        for (let k = 0; k < 2; k++) {
            const slope = sign * 2 * (a[2 * i + k] - b[2 * j + k]) / count;
            slopes[0][2 * i + k] += slope;
            slopes[1][2 * j + k] -= slope;
        }
    };
    for (let i = 0; i < count; i++) {
        loss += energy(a, b, i, i) / count;
        pull(i, i, 1);
        const j = (i + count - 1) % count, room = 1 - energy(a, b, i, j);
        if (kind !== "contrastive" || room <= 0) continue;
        loss += room / count;
        pull(i, j, -1);
    }
    if (kind === "regularised") [a, b].forEach((codes, net) => {
        for (let k = 0; k < 2; k++) {
            const {mean, deviation} = spread(codes, k);
            if (deviation >= 1) continue;
            loss += (1 - deviation) / 2;
            for (let i = k; i < codes.length; i += 2)
                slopes[net][i] -= (codes[i] - mean) / (2 * (count - 1) * deviation);
        }
    });
    f.learn(slopes[0]);
    g.learn(slopes[1]);
    return loss;
}

/**
 * The squared distance of row i of the one codes and row j of the others.
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {number} i
 * @param {number} j
 */
export function energy(a, b, i, j) {
    return (a[2 * i] - b[2 * j]) ** 2 + (a[2 * i + 1] - b[2 * j + 1]) ** 2;
}

/**
 * Mean and standard deviation of one number of the codes.
 * @param {Float64Array} codes
 * @param {number} k
 */
export function spread(codes, k) {
    const values = codes.filter((_, i) => i % 2 === k);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {mean, deviation: Math.sqrt(square / (values.length - 1)) + 1e-12};
}

/**
 * Shaky points on a circle.
 * @param {number} count
 */
export function circle(count) {
    const shake = () => 0.03 * Math.sqrt(-2 * Math.log(1 - Math.random()))
        * Math.cos(2 * Math.PI * Math.random());
    const turn = Array.from({length: count}, () => 2 * Math.PI * Math.random());
    return [Float64Array.from(turn, (angle) => Math.cos(angle) + shake()),
            Float64Array.from(turn, (angle) => Math.sin(angle) + shake())];
}
