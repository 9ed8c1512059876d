// Node has it; its types come only with those of the browser, which have no place here.
declare namespace WebAssembly {
  type Module = object;
  function compile(bytes: Uint8Array): Promise<Module>;
}
