"""document."""
import streamlit as st
st.header('document')
