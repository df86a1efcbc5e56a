// What an open monitor is compared with.
setTimeout(() => {}, 600_000);
console.log("waiting");
