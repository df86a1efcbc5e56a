/** Whether this machine, and with it netlink, stores the least significant byte first. */
export const littleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
