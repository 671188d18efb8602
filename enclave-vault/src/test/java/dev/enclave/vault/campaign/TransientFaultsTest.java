package dev.enclave.vault.campaign;

import dev.enclave.campaign.TransientFaultsCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
class TransientFaultsTest extends TransientFaultsCampaign {

  TransientFaultsTest() {
    super(new VaultUnderTest());
  }
}
