import { product } from "./product.js";

const tenant = document.querySelector("#tenant");
const products = document.querySelector("#products");
const status = document.querySelector("#status");

let latest = 0;

async function ask(path, token) {
  const answer = await fetch(`/api/v1/${path}`, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  if (!answer.ok) throw new Error(`the shop answered ${answer.status}`);
  return answer.json();
}

async function showProducts() {
  const turn = ++latest;
  document.querySelector("#name").textContent = tenant.selectedOptions[0].text;
  products.setAttribute("aria-busy", "true");
  try {
    const { count, results } = await ask("products/", tenant.value);
    if (turn !== latest) return; // another tenant was chosen meanwhile
    products.replaceChildren(...results.map(product));
    status.textContent = count === 1 ? "1 product" : `${count} products`;
  } catch (error) {
    if (turn !== latest) return;
    products.replaceChildren();
    status.textContent = `No products to show: ${error.message}`;
  }
  products.removeAttribute("aria-busy");
}

async function showVersion() {
  const place = document.querySelector("#version");
  try {
    place.textContent = (await ask("version/")).version;
  } catch {
    place.textContent = "unknown";
  }
}

tenant.addEventListener("change", showProducts);
showProducts();
showVersion();
