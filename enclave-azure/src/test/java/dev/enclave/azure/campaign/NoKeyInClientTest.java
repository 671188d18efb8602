package dev.enclave.azure.campaign;

import dev.enclave.campaign.NoKeyInClientCampaign;
import org.junit.jupiter.api.Tag;

@Tag("exhaustive")
class NoKeyInClientTest extends NoKeyInClientCampaign {

  NoKeyInClientTest() {
    super(new AzureUnderTest());
  }
}
