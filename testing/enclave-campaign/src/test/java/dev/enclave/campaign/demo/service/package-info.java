/** Keyhouse, a key service that nobody offers: its server on loopback, and its administrator. */
@NullMarked
package dev.enclave.campaign.demo.service;

import org.jspecify.annotations.NullMarked;
