// Reading offline is switched off: the worker takes away what was kept, and itself.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("atestat-")) await caches.delete(name);
  await self.registration.unregister();
})()));
