"""How every graph store answers: the same steps and sentences over named questions, whatever language the store speaks."""
