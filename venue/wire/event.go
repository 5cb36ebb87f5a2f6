package wire

// eventHeaderSize is the length of what each event record starts with.
const eventHeaderSize = 28
