/** The backend: sessions, requests and what their failures mean, keys, their use and access. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal;
