/**
 * What is used of the freedesktop.org Secret Service API, draft 0.2, as dbus-java wants it. Public
 * because it makes proxies of it.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.os.internal.linux.bus;
