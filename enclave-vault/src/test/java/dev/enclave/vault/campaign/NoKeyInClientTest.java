package dev.enclave.vault.campaign;

import dev.enclave.campaign.NoKeyInClientCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
class NoKeyInClientTest extends NoKeyInClientCampaign {

  NoKeyInClientTest() {
    super(new VaultUnderTest());
  }
}
