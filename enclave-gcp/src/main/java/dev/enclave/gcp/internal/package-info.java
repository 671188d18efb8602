/** The backend: settings, sessions, requests and what their failures mean, keys, use and access. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal;
