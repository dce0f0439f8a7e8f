// A tracking code is copied, printed or read aloud. Each button is shown only where the browser can do it.
const copy = document.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy.dataset.copy);
    const words = copy.querySelector("span");
    words.textContent = copy.dataset.done;
    words.setAttribute("role", "status");
  });
}

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

// Only a Danish voice that is on the machine itself: any other sends what it reads to somebody else's server.
const read = document.querySelector("[data-read]");
const speech = window.speechSynthesis;
const danish = () => speech.getVoices().find((voice) => voice.localService && /^da\b/i.test(voice.lang));
if (read && speech) {
  const offer = () => { read.hidden = !danish(); };
  offer();
  speech.addEventListener("voiceschanged", offer); // many browsers find their voices a little later
  window.addEventListener("pagehide", () => speech.cancel());
  read.addEventListener("click", () => {
    speech.cancel();
    const voice = danish();
    if (!voice) { read.hidden = true; return; }
    for (const word of read.dataset.read.split(" ")) {
      const said = new SpeechSynthesisUtterance(word);
      said.voice = voice;
      said.lang = voice.lang;
      said.rate = 0.8;
      speech.speak(said);
    }
  });
}
