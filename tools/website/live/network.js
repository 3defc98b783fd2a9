// @ts-check
/** Loads what a page needs when it is first used, and runs its network. */

/** @typedef {typeof import("onnxruntime-web")} Ort */

const world = /** @type {{packed: Record<string, string>, ort: Ort}} */ (
    /** @type {unknown} */ (globalThis));
world.packed ??= {};

if (self !== top) document.body.classList.add("framed"); // in its lesson's page

/**
 * Tell the reader something, and those who hear the page as well.
 * @param {string} words
 */
export function say(words) {
    find("said").textContent = words;
}

/**
 * An element of the page by its id.
 * @param {string} id
 * @returns {any}
 */
export function find(id) {
    return document.getElementById(id);
}

/**
 * A new element with a text.
 * @param {string} kind
 * @param {string} [text]
 * @param {string} [look]  its class
 */
export function make(kind, text = "", look = "") {
    return Object.assign(document.createElement(kind), {textContent: text, className: look});
}

/**
 * Run a script that stands beside the page: the one thing that a page from a disk may read.
 * @param {string} name
 */
function script(name) {
    return new Promise((done, failed) => {
        const tag = document.createElement("script");
        tag.src = `${name}.js`;
        tag.onload = done;
        tag.onerror = () => failed(new Error(`${name}.js can't be read`));
        document.head.append(tag);
    });
}

/**
 * The bytes that a script holds.
 * @param {string} name
 */
export async function unpack(name) {
    await script(name);
    const text = atob(world.packed[name]);
    delete world.packed[name];
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} name */
export async function unpackWords(name) {
    return JSON.parse(new TextDecoder().decode(await unpack(name)));
}

/** @type {Promise<Ort> | undefined} */
let runtime;

async function startRuntime() {
    say("Loading the runtime of the network …");
    const [wasmBinary] = await Promise.all([unpack("wasm"), script("runtime")]);
    Object.assign(world.ort.env.wasm, {wasmBinary, numThreads: 1});
    return world.ort;
}

export class Network {
    /** @type {Promise<import("onnxruntime-web").InferenceSession> | undefined} */
    session;

    /** @param {string} name  of the script that holds it as ONNX */
    constructor(name) {
        this.name = name;
        addEventListener("pagehide", () => {
            this.session?.then((session) => session.release());
            this.session = undefined;
        });
    }

    async load() {
        const ort = await (runtime ??= startRuntime());
        say("Loading the network …");
        const session = await ort.InferenceSession.create(await unpack(this.name));
        say("The network is ready.");
        return session;
    }

    /**
     * The network's answer; the first call loads it.
     * @param {Record<string, [any, any, number[]]>} inputs  type, numbers and shape of each
     * @returns {Promise<Float32Array>}
     */
    async run(inputs) {
        const session = await (this.session ??= this.load());
        const feeds = Object.fromEntries(Object.entries(inputs).map(
            ([name, input]) => [name, new world.ort.Tensor(...input)]));
        const {answer} = await session.run(feeds);
        return /** @type {Float32Array} */ (answer.data);
    }
}

let jobs = 0;

/** @param {number} change  of the number of jobs that are not done, which the body's data say */
function count(change) {
    jobs += change;
    document.body.dataset.jobs = String(jobs);
}

/**
 * One call at a time; of the calls that come meanwhile only the last is made.
 * What goes wrong ends in one sentence.
 * @template {any[]} What
 * @param {(...what: What) => Promise<void>} work
 * @returns {(...what: What) => Promise<void>}
 */
export function inTurn(work) {
    let busy = false;
    /** @type {What | undefined} */
    let next;
    return async (...what) => {
        next = what;
        if (busy) return;
        busy = true;
        count(1);
        try {
            while (next) {
                const now = next;
                next = undefined;
                await work(...now);
            }
        } catch (error) {
            say(`This page could not do its work (${/** @type {Error} */ (error).message}): `
                + "reload it, or try a newer browser.");
        }
        busy = false;
        count(-1);
    };
}
