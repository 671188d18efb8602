package dev.enclave.azure.campaign;

import dev.enclave.campaign.TransientFaultsCampaign;

class TransientFaultsTest extends TransientFaultsCampaign {

  TransientFaultsTest() {
    super(new AzureUnderTest());
  }
}
