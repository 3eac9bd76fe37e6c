// Before the first paint, so that the chosen colours do not flash.
try {
  document.documentElement.dataset.theme = localStorage.getItem('theme') ?? 'auto';
} catch {
  // Storage is forbidden: the system's choice stands.
}
