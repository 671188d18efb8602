package dev.enclave.azure.campaign;

import dev.enclave.campaign.NoKeyInClientCampaign;

class NoKeyInClientTest extends NoKeyInClientCampaign {

  NoKeyInClientTest() {
    super(new AzureUnderTest());
  }
}
