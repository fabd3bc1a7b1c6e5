// What script adds to pages that are complete without it: live progress of what
// is pending, the sum of the chosen bills, and the print button of a receipt.

/** The page asks for itself again and shows what is new, less often over time. */
function watch(box) {
  const deadline = Date.now() + 30 * 60 * 1000;
  let wait = 500;

  async function look() {
    try {
      const answer = await fetch(box.dataset.watch, { headers: { accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.getElementById("progress");
        // Another kind of page, such as a further question, is drawn whole.
        if (!next) return location.reload();
        // Only a change is drawn: readers aloud would say the same again, and
        // whoever is on a link would lose their place.
        if (next.innerHTML !== box.innerHTML) {
          box.replaceChildren(...next.childNodes);
          document.title = page.title;
          wait = 500;
        }
        if (!next.dataset.watch) return;
      }
    } catch {
      // Offline for a moment: the next look may succeed.
    }
    wait = Math.min(wait * 1.2, 2000);
    if (Date.now() < deadline) setTimeout(look, wait);
  }

  setTimeout(look, wait);
}

/** The sum of the chosen bills; amounts are whole fen, so no digit is lost. */
function total(line) {
  const form = line.closest("form");
  const bills = form.querySelectorAll("[data-amount]");

  function add() {
    const chosen = [...bills].filter((bill) => bill.type === "hidden" || bill.checked);
    const fen = chosen.reduce((sum, bill) => sum + Number(bill.dataset.amount), 0);
    const yuan = Math.floor(fen / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    line.querySelector("output").value = `¥${yuan}.${String(fen % 100).padStart(2, "0")}`;
    form.querySelector("button").disabled = chosen.length === 0;
  }

  form.addEventListener("change", add);
  // A page that comes back from the browser's memory keeps its ticks.
  window.addEventListener("pageshow", add);
  add();
  line.hidden = false;
}

const box = document.querySelector("[data-watch]");
if (box) watch(box);
const line = document.querySelector("[data-sum]");
if (line) total(line);
const print = document.querySelector("[data-print]");
if (print) {
  print.addEventListener("click", () => window.print());
  print.hidden = false;
}
