export function product(item) {
  const card = document.createElement("li");
  const picture = Object.assign(new Image(40, 40), { src: "/static/catalog/product.svg", alt: "" });
  card.append(picture, text("h2", item.name), text("p", price(item), "price"), text("p", stock(item), "stock"));
  return card;
}

// The release before, which may still answer while this one goes out, knows no unit.
function price(item) {
  return item.unit ? `${item.price} per ${item.unit}` : item.price;
}

function stock(item) {
  return item.stock > 0 ? `${item.stock} in stock` : "Sold out";
}

function text(tag, content, className = "") {
  return Object.assign(document.createElement(tag), { textContent: content, className });
}
