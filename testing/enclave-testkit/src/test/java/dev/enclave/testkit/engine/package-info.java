/** The engine through the public API, over in-memory and cloud-shaped backends. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.engine;
