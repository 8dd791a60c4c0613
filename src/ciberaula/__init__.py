"""Aula de Ciberintervención."""
