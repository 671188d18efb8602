/** Endpoints on loopback that answer well, badly or not at all, and who asks them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.http;
