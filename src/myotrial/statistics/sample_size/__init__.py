"""How many subjects: from power to size, from size to power, and the effect that a size can detect."""

from myotrial.statistics.sample_size.means import size_two_means, size_wilcoxon
from myotrial.statistics.sample_size.mmrm import size_mmrm
from myotrial.statistics.sample_size.proportions import size_one_proportion, size_two_proportions
from myotrial.statistics.sample_size.rates import size_two_rates
from myotrial.statistics.sample_size.result import SampleSize
from myotrial.statistics.sample_size.survival import size_log_rank

__all__ = [
    "SampleSize",
    "size_log_rank",
    "size_mmrm",
    "size_one_proportion",
    "size_two_means",
    "size_two_proportions",
    "size_two_rates",
    "size_wilcoxon",
]
