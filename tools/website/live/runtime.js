/** The runtime of the networks, as a global: it is fetched when a page is first used. */
import * as ort from "onnxruntime-web/wasm";

Object.assign(globalThis, {ort});
