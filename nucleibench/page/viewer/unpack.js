"use strict";
// The other half of packing.py: text -> arrays of whole numbers.
globalThis.nucleiPage ??= {};
nucleiPage.unpack = async (text) => {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let place = 0;
  const next = () => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const group = bytes[place++];
      value += (group & 127) * weight;
      if (group < 128) return value % 2 ? -(value + 1) / 2 : value / 2;
    }
  };
  const arrays = [];
  while (place < bytes.length) arrays.push(Array.from({ length: next() }, next));
  return arrays;
};
