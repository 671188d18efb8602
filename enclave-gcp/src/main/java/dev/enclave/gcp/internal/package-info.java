/** Recognises the places of Google Cloud. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal;
