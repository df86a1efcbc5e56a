// What the start of the command line is compared with.
console.log("hello");
