// Gathers all that the page has: what is shown, what was said to it since the last look, and every place to keep things in.
// Not in it: what must not be in them.
if (!window.gathered) {
    window.gathered = "…";
    const names = async (ask) => { try { return await ask(); } catch (error) { return `none: ${error.name}`; } };
    (async () => {
        const places = {
            local: { ...localStorage },
            session: { ...sessionStorage },
            cookie: document.cookie,
            address: location.href,
            history: history.state,
            title: document.title,
            name: window.name,
            databases: await names(() => indexedDB.databases()),
            caches: await names(() => caches.keys()),
            workers: await names(() => navigator.serviceWorker.getRegistrations()),
            fields: [...document.querySelectorAll("input:not([type=password]), textarea")].map((field) => field.value),
            entries: performance.getEntries().map((entry) => entry.name),
        };
        window.gathered = { html: document.documentElement.outerHTML, places: JSON.stringify(places), heard: window.heard.splice(0) };
    })();
}
if (window.gathered === "…") return false;
const { gathered } = window;
delete window.gathered;
return gathered;
