// Notes whatever the program says to the page: every reply and error of a command, every event, every message of a channel.
// Not in it: what must not be in them.
const { callbacks } = window.__TAURI_INTERNALS__;
const get = Map.prototype.get.bind(callbacks);
const plain = (_, value) => (value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value);
window.heard = [];
// Everything comes in by a callback that is looked up here.
callbacks.get = (id) => {
    const run = get(id);
    return run && ((data) => {
        window.heard.push(JSON.stringify(data, plain) ?? "undefined");
        return run(data);
    });
};
return true;
