// @ts-check
/** Colour it: which colours does the network give to a picture in grey? */

import {find, inTurn, Network, say} from "./network.js";
import {choose, put, used} from "./pictures.js";

const SIDE = 288;

const network = new Network("painter");
/** @type {ImageData | undefined} */
let picture;

const paint = inTurn(async () => {
    if (!picture || !used) return;
    const temperature = Number(find("temperature").value);
    const answer = await network.run({
        pixels: ["uint8", new Uint8Array(picture.data), [SIDE, SIDE, 4]],
        temperature: ["float32", Float32Array.of(temperature), []]});
    put(find("painted"), answer);
    say("Painted.");
});

const showOurs = choose("photos", SIDE, (canvas) => {
    picture = canvas.getContext("2d")?.getImageData(0, 0, SIDE, SIDE);
    find("grey").getContext("2d").drawImage(canvas, 0, 0);
    paint();
});

find("own").onclick = () => {
    find("own").ariaPressed = String(!find("grey").classList.toggle("grey"));
};
find("temperature").oninput = () => {
    find("shown").textContent = `T = ${Number(find("temperature").value).toFixed(2)}`;
    paint();
};
showOurs(0);
say("Move the dial, and the network paints.");
