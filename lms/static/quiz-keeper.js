// Keeps answers that are still to be sent in the browser's own store, so that a closed tab or a flat
// battery loses nothing. They are encrypted with a key that comes with each page of this attempt and
// is written down nowhere here: the next person at the same computer can't read them.
const WEEKS = 30 * 86400 * 1000;

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function openStore() {
  const opening = indexedDB.open("atestat-answers", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("waiting", { keyPath: "id" });
  return asked(opening);
}

// `place` names person and attempt, `writer` this window; where the browser can't keep, nothing is kept.
export async function openKeeper(place, writer, secret) {
  let store, key;
  try {
    const bytes = Uint8Array.from(atob(secret), (c) => c.charCodeAt(0));
    key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    store = await openStore();
  } catch (_) { /* no safe context, or storage is forbidden: the page itself still keeps the answers */
    return { keeps: false, load: async () => [], put: async () => {}, drop: async () => {} };
  }
  const box = (mode) => store.transaction("waiting", mode).objectStore("waiting");
  const own = IDBKeyRange.bound(place + "/", place + "0", false, true); // „0” follows „/”
  const additional = new TextEncoder().encode(place);

  async function put(entries) {
    if (!entries.length) return asked(box("readwrite").delete(`${place}/${writer}`));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(entries));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: additional }, key, text);
    return asked(box("readwrite").put({ id: `${place}/${writer}`, iv, data, at: Date.now() }));
  }

  async function load() {
    const found = [];
    for (const record of await asked(box("readonly").getAll())) {
      if (record.at < Date.now() - WEEKS) await asked(box("readwrite").delete(record.id));
      else if (record.id.startsWith(place + "/")) {
        try {
          const plain = await crypto.subtle.decrypt(
            { name: "AES-GCM", iv: record.iv, additionalData: additional }, key, record.data);
          found.push(...JSON.parse(new TextDecoder().decode(plain)));
        } catch (_) { // of another key: nobody can read it any more
          await asked(box("readwrite").delete(record.id));
        }
      }
    }
    return found.sort((one, other) => one.at - other.at);
  }

  // What other windows of this attempt left behind was taken over, or the attempt is closed.
  const drop = () => asked(box("readwrite").delete(own));
  return { keeps: true, load, put, drop };
}
