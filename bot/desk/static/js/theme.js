// Runs before the first paint (a classic script in <head>), so that the chosen theme never flashes.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("desk-theme");
  } catch {
    // Storage may be forbidden; the system's preference is then used.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
