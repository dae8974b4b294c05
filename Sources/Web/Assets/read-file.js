// SPDX-License-Identifier: Apache-2.0
// A chosen or dropped text file is read into the text field beside it, which is what the form sends.

for (const input of document.querySelectorAll("input[type=file][data-into]")) {
  const field = document.getElementById(input.dataset.into);
  input.closest("[hidden]")?.removeAttribute("hidden");
  const read = async (file) => {
    if (!file) return;
    const bytes = await file.arrayBuffer();
    // Older programs write Windows-1252; what is no UTF-8 is read as that.
    try {
      field.value = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      field.value = new TextDecoder("windows-1252").decode(bytes);
    }
    field.dispatchEvent(new Event("input"));
  };
  input.addEventListener("change", () => read(input.files[0]));
  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  });
}
